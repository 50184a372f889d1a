import type { Registration } from "../../preview/run/registration";
import { waitsFor } from "../support/graph";
import { runs, succeeded, task } from "../support/program";
import { variants } from "../support/stacks";

describe.each(["a cluster of its own", "another Kubernetes"] as const)(
  "the order of up and destroy (%s)",
  (variant) => {
    let registrations: readonly Registration[];
    beforeAll(async () => {
      const [result] = await runs([task(variants[variant], {}, false)]);
      registrations = succeeded(result as Parameters<typeof succeeded>[0]);
    });
    const of = (kind: string, name: string): Registration => {
      const found = registrations.find((one) => one.type.endsWith(`:${kind}`) && one.name === name);
      if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
      return found;
    };
    const pools = () =>
      registrations.filter(({ type, name }) => type.endsWith(":StatefulSet") && name !== "gocd-dev-server");

    test("changes agents when server and housekeeping are ready, and ends agents while both still answer", () => {
      expect(pools().length).toBeGreaterThan(0);
      for (const pool of pools()) {
        const earlier = waitsFor(pool, registrations);
        expect([pool.name, earlier.has(of("Deployment", "gocd-dev-housekeeping").urn)]).toEqual([pool.name, true]);
        expect([pool.name, earlier.has(of("StatefulSet", "gocd-dev-server").urn)]).toEqual([pool.name, true]);
      }
    });

    test("starts nothing before the rules of its namespace are in force, and ends everything while they are", () => {
      const guards = registrations.filter(({ type }) =>
        /:(NetworkPolicy|ValidatingAdmissionPolicyBinding)$/.test(type),
      );
      const starting = registrations.filter(({ type }) =>
        /:(StatefulSet|Deployment|DaemonSet|Job|CronJob)$/.test(type),
      );
      expect([guards.length > 5, starting.length > 2]).toEqual([true, true]);
      const place = ({ inputs }: Registration) => (inputs["metadata"] as { readonly namespace?: string }).namespace;
      const early = starting.flatMap((one) => {
        const earlier = waitsFor(one, registrations);
        const mine = guards.filter((guard) => place(guard) === undefined || place(guard) === place(one));
        return mine.filter(({ urn }) => !earlier.has(urn)).map((guard) => `${one.name} before ${guard.name}`);
      });
      expect(early).toEqual([]);
    });

    test("gives components no arguments, of which the engine would count a change that changes nothing", () => {
      const components = registrations.filter(({ custom }) => !custom);
      expect(components.length).toBeGreaterThan(5);
      expect(components.filter(({ inputs }) => Object.keys(inputs).length > 0).map(({ type }) => type)).toEqual([]);
    });

    test("starts housekeeping when there is a server", () => {
      const earlier = waitsFor(of("Deployment", "gocd-dev-housekeeping"), registrations);
      expect(earlier.has(of("StatefulSet", "gocd-dev-server").urn)).toBe(true);
    });
  },
);
