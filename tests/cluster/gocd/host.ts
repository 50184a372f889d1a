// A host behind a proxy, asked as a browser and an agent do: by its name and its certificate.
import { outcome, type Ended } from "../kubernetes/run";
import { CERTIFICATE, HOST } from "./access-stack";

export const url = (at: string): string => `https://${HOST}${at}`;

const TIMEOUT_MS = 170_000;

export interface Answer {
  readonly stderr: string;
  readonly head: string;
  readonly status: number;
  readonly body: string;
}

interface Question {
  /** Further arguments of curl's. Nothing secret: that goes through `input`, with `--config -` or `--data @-`. */
  readonly options?: readonly string[];
  readonly input?: string;
  readonly timeout?: number;
}

export interface Host {
  /** Where its proxy is. */
  readonly address: string;
  readonly ask: (target: string, question?: Question) => Promise<Answer>;
  /** Sends so many zeros; `config` are lines of curl's configuration. What comes back is the answer's body and, after a line's end, its status. */
  readonly upload: (target: string, bytes: number, config: string) => Promise<Ended>;
}

/** The host at a proxy's address: nobody has made a record for it. */
export function hostAt(address: string): Host {
  const curl = (port: number, timeout: number) => [
    ...["--silent", "--show-error", "--max-time", String(timeout / 1000)],
    ...["--cacert", CERTIFICATE, "--resolve", `${HOST}:${port}:${address}`],
  ];
  return {
    address,
    async ask(target, { options = [], input, timeout = TIMEOUT_MS } = {}) {
      const args = [...curl(target.startsWith("https:") ? 443 : 80, timeout), "--include", ...options, target];
      const { stdout, stderr } = await outcome("curl", args, {
        timeout: timeout + 5000,
        ...(input !== undefined && { input }),
      });
      const [head = "", ...rest] = stdout.split("\r\n\r\n");
      return { stderr, head, status: Number(head.split(" ")[1]), body: rest.join("\r\n\r\n") };
    },
    upload(target, bytes, config) {
      const put = ["--write-out", "'\\n%{http_code}'", "--upload-file", "-", "--request", "POST", target];
      const script = `head -c ${bytes} /dev/zero | curl ${[...curl(443, TIMEOUT_MS), "--config", "/dev/fd/3", ...put].join(" ")} 3<<'CONFIG'\n${config}\nCONFIG`;
      return outcome("sh", ["-c", script], { timeout: TIMEOUT_MS + 5000 });
    },
  };
}
