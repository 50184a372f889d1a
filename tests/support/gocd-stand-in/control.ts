// For tests on a cluster, which cannot call methods: POST /stand-in/<what> with a JSON body.
import type { RuntimeState } from "./agents";
import type { Answer, Ask } from "./http";
import type { GocdStandIn } from "./stand-in";
import { FAIR, type Weather } from "./weather";

interface Told extends Partial<Weather> {
  readonly uuid?: string;
  readonly state?: RuntimeState;
  readonly freeSpace?: number;
  readonly on?: boolean;
  readonly milliseconds?: number;
  readonly job?: string;
}

export function control(server: GocdStandIn, ask: Ask): Answer {
  const told = (ask.body === "" ? {} : JSON.parse(ask.body)) as Told;
  const what = ask.path.slice("/stand-in/".length);
  switch (what) {
    case "agent":
      server.setRuntimeState(told.uuid ?? "", told.state ?? "Idle", told.freeSpace);
      break;
    case "backing-up":
      server.setBackingUp(told.on ?? true);
      break;
    case "backup-takes":
      server.backupMilliseconds = told.milliseconds ?? 0;
      break;
    case "lose-volume":
      server.loseVolume();
      break;
    case "restart":
      server.restart();
      break;
    case "job": {
      const job = told.job ?? "";
      const printed = server.consoles.get(job) ?? "";
      server.consoles.set(job, printed);
      return { status: 200, body: { printed } };
    }
    case "starting":
      server.setStarting(told.on ?? true);
      break;
    case "maintenance-mode":
      server.setMaintenance(told.on ?? true);
      break;
    case "weather":
      server.weather = { ...FAIR, ...told };
      break;
    case "requests":
      return { status: 200, body: server.requests };
    default:
      return { status: 404, body: { message: `nothing called ${what}` } };
  }
  return { status: 200, body: {} };
}
