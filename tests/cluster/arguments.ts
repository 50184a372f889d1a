import { readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

/** What a run does once everything is started. With `required`, what is missing is a failure. */
export type Work =
  | {
      readonly mode: "test";
      /** Arguments of Jest's. */
      readonly suites: readonly string[];
      /** Folders of suites that do not run. */
      readonly except: readonly string[];
      readonly required: boolean;
      /** On the images of GoCD and Docker themselves, not on stand-ins for them. */
      readonly official: boolean;
    }
  | { readonly mode: "bench" }
  | { readonly mode: "hold" };

/** One line instead: the options, or what is wrong with those that were given. */
export interface Line {
  readonly mode: "help" | "wrong";
  readonly line: string;
}

const USAGE =
  "usage: npm run test:TARGET -- [--hold | --bench | [--required] [--images official|stand-ins] [--except FOLDER]… [-t PART_OF_A_NAME] [PART_OF_A_PATH…]]; tests/TARGET/README.md explains them";

/**
 * Reads the command line of `npm run test:TARGET`; `folder` has the suites. On GitHub, where Docker Hub answers, the images are the
 * official ones unless the command line says otherwise.
 */
export function readArguments(
  target: string,
  args: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Work | Line {
  const usage = USAGE.replaceAll("TARGET", target);
  const wrong = (problem: string): Line => ({ mode: "wrong", line: `test:${target}: ${problem}; ${usage}` });
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        hold: { type: "boolean" },
        bench: { type: "boolean" },
        required: { type: "boolean", default: false },
        images: { type: "string", default: environment["GITHUB_ACTIONS"] === "true" ? "official" : "stand-ins" },
        except: { type: "string", multiple: true, default: [] },
        testNamePattern: { type: "string", short: "t" },
      },
    });
    if (values.help) return { mode: "help", line: usage };
    const name = values.testNamePattern;
    const { images } = values;
    if (images !== "official" && images !== "stand-ins")
      return wrong(`--images is ${JSON.stringify(images)}, wanted is official or stand-ins`);
    const suites = [...(name === undefined ? [] : ["--testNamePattern", name]), ...positionals];
    const { except } = values;
    const some = [...suites, ...except.map((name) => `--except ${name}`)].join(" ");
    const asked = [values.hold && "--hold", values.bench && "--bench", some];
    const given = asked.filter(Boolean);
    if (given.length > 1) return wrong(`${given.join(" and ")} cannot be asked for together`);
    const unknown = positionals.find((part) => !suitesIn(folder).some((file) => file.includes(part)));
    if (unknown !== undefined)
      return wrong(`no suite in ${path.relative(process.cwd(), folder)} has ${unknown} in its path`);
    const folders = readdirSync(folder).sort();
    const none = except.find((name) => !folders.includes(name));
    if (none !== undefined) return wrong(`--except is ${JSON.stringify(none)}, wanted is one of ${folders.join(", ")}`);
    if (values.hold) return { mode: "hold" };
    if (values.bench) return { mode: "bench" };
    return { mode: "test", suites, except, required: values.required, official: images === "official" };
  } catch (error) {
    // Of parseArgs' message the first sentence; the rest advises how to pass a file with such a name.
    return wrong((error as Error).message.split(". ")[0] ?? "");
  }
}

const suitesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => path.join(folder, file));
