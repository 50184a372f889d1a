import { areOptions, askedBy, options, type Asked } from "./container-commands";
import { readScript } from "./shell";

/** Settings of Podman's units that say what a container gets, with the option of `podman run` that is the same. */
const QUADLET: Readonly<Record<string, string>> = {
  Volume: "--volume",
  Mount: "--mount",
  AddDevice: "--device",
  Network: "--network",
  AddCapability: "--cap-add",
  WorkingDir: "--workdir",
};

/** What a unit of systemd runs on its machine, and what Podman's units give to a container. */
export function readUnit(text: string): Asked[] {
  const documents: Asked[] = [];
  const joined = text.replace(/\\\r?\n/g, " ");
  for (const [, name = "", value = ""] of joined.matchAll(/^[ \t]*(\w+)[ \t]*=[ \t]*(.*)$/gm)) {
    if (/^Exec/.test(name)) documents.push(...readScript(value.replace(/^[-@:+!]+/, "")).commands.flatMap(askedBy));
    const option = QUADLET[name];
    if (option !== undefined) documents.push(options([option, value.trim()], 0).object);
    if (/^(Podman|Global)Args$/.test(name) && areOptions(value))
      documents.push(options(readScript(value).commands.flat(), 0).object);
  }
  return documents;
}
