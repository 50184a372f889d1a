import { GocdStandIn } from "../stand-in";
import type { Server } from "./ask";
import { AnyOrder, Containing, type Expected, type Line, type Need, type State } from "./format";
import { differences } from "./compare";
import { hold, type Result, type States } from "./hold";
import { SCENARIOS } from "./scenarios";
import { statesOf } from "./states";

const ADMIN = { username: "admin", password: "the-administrator's" };
const VIEWER = { username: "viewer", password: "the-viewer's" };
const KEY = "a-key-for-people";
const EVERYTHING: ReadonlySet<Need> = new Set(["viewer", "auto-register key", "local agents register"]);

const gocd = new GocdStandIn({
  tokenKey: "a-token-key",
  autoRegisterKey: KEY,
  logIn: (user, password) =>
    user === ADMIN.username && password === ADMIN.password
      ? "admin"
      : user === VIEWER.username && password === VIEWER.password
        ? "user"
        : undefined,
});

/** A real server starts and is backed up by itself; the stand-in is told to. */
const states = (server: Server): States => {
  const real = statesOf(server);
  const set = (state: State, on: boolean): void => {
    if (state === "starting") gocd.setStarting(on);
    else gocd.setBackingUp(on);
  };
  const told = (state: State): boolean => state === "starting" || state === "backup";
  return {
    enter: async (state) => {
      if (!told(state)) return real.enter(state);
      set(state, true);
      return undefined;
    },
    leave: async (state) => {
      if (!told(state)) return real.leave(state);
      set(state, false);
    },
    lasted: () => Promise.resolve(true),
  };
};

const RESULTS = new Map<Line, Result>();

beforeAll(async () => {
  const server = { url: await gocd.start(), admin: ADMIN, viewer: VIEWER, autoRegisterKey: KEY };
  const held = await hold(SCENARIOS, server, { states: states(server), has: EVERYTHING, changes: true });
  for (const result of held) RESULTS.set(result.line, result);
});
afterAll(() => gocd.stop());

const LINES = SCENARIOS.flatMap(({ name, lines }) =>
  lines.map((line) => [`${name}: ${line.says} (${line.ask})`, line] as const),
);

test.each(LINES)("the stand-in answers as GoCD does: %s", (_name, line) => {
  const { differences: found, leftOut } = RESULTS.get(line) ?? {};
  expect({ leftOut, found }).toEqual({ leftOut: undefined, found: [] });
});

/** Every value that is a little different somewhere. */
function changed(wanted: Expected): readonly Expected[] {
  if (typeof wanted === "string") return [`${wanted}!`];
  if (typeof wanted === "number") return [wanted + 1];
  if (typeof wanted === "boolean") return [!wanted];
  if (wanted === null) return ["something"];
  if (wanted instanceof RegExp) return [/^never$/];
  if (wanted instanceof Containing) return changed(wanted.entries).map((entries) => new Containing(list(entries)));
  if (wanted instanceof AnyOrder) return changed(wanted.entries).map((entries) => new AnyOrder(list(entries)));
  if (Array.isArray(wanted)) {
    const entries: readonly Expected[] = wanted;
    const more = [...entries, "one more"];
    return [more, ...entries.flatMap((entry, at) => changed(entry).map((one) => entries.with(at, one)))];
  }
  const fields = wanted as Readonly<Record<string, Expected>>;
  return [
    { ...fields, more: "than there is" },
    ...Object.entries(fields).flatMap(([key, value]) => changed(value).map((one) => ({ ...fields, [key]: one }))),
  ];
}

const list = (entries: Expected): readonly Expected[] => (Array.isArray(entries) ? (entries as Expected[]) : []);

/** Every line that says a little more, less or something else of the answer. */
function changedLines(line: Line): readonly Line[] {
  const { answer } = line;
  const headers = answer.headers ?? {};
  const answers = [
    { ...answer, status: answer.status + 1 },
    { ...answer, type: "text/never" },
    { ...answer, headers: { ...headers, "retry-after": "never" } },
    ...Object.keys(headers).map((name) => ({
      ...answer,
      headers: Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name)),
    })),
    ...(answer.session === undefined ? [] : [{ ...answer, session: !answer.session }]),
    ...(answer.body === undefined ? [] : changed(answer.body).map((body) => ({ ...answer, body }))),
  ];
  return answers.map((one) => ({ ...line, answer: one }));
}

test.each(LINES)("a change of the contract is seen: %s", (_name, line) => {
  const { given, names = {} } = RESULTS.get(line) ?? {};
  const unseen = changedLines(line).filter((one) => given === undefined || differences(one, given, names).length === 0);
  expect(unseen).toEqual([]);
});

test("every route of the stand-in is in the contract", () => {
  const asked = LINES.map(([, line]) => line.ask.split("?")[0] ?? "");
  const missing = gocd.routes.filter(
    ({ method, path }) => !asked.some((ask) => ask.startsWith(`${method} `) && path.test(ask.slice(method.length + 1))),
  );
  expect(missing.map(({ method, path }) => `${method} ${path.source}`)).toEqual([]);
});
