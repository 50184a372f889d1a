import { hasGuestKernel } from "../../../kubernetes/guest-kernel";
import { compareInGuest, type Measured, type OfAnotherProcessor } from "../../guest";
import { OWN_CLUSTER } from "../../test-images";

const POD_LIMIT = 400;
const OUT_OF_MEMORY = 137;

// It takes what the harness brings for its own cluster: QEMU and a kernel.
(OWN_CLUSTER && hasGuestKernel() ? describe : describe.skip)("on a machine with cgroup v2, a container", () => {
  let measured: Readonly<Record<string, Measured>>;
  let platform: OfAnotherProcessor;

  beforeAll(async () => {
    ({ measured, platform } = await compareInGuest());
  }, 950_000);

  describe("that wants more memory than its pod may have", () => {
    test("escapes the pod's limit when the privileged daemon runs as everybody runs it", () => {
      expect(measured["plain"]).toMatchObject({ exit: 0, inside: "no", daemon: "alive" });
    });

    test("dies within the pod's limit when the daemon runs behind this project's wrapper, which survives", () => {
      expect(measured["wrapped"]).toMatchObject({ exit: OUT_OF_MEMORY, inside: "yes", daemon: "alive" });
      expect(measured["wrapped"]?.peak).toBeLessThanOrEqual(POD_LIMIT);
    });

    test("takes the agent with it, where it is a task in the agent's own container and nobody has spared the agent", () => {
      expect(measured["plain"]).toMatchObject({ agent: "dead" });
    });

    test("dies alone there, where the janitor has spared the agent", () => {
      expect(measured["wrapped"]).toMatchObject({ agent: "alive", task: String(OUT_OF_MEMORY) });
    });
  });

  // Here because a machine's kernel is told, which only the guest's may be.
  test("of another processor's image runs once a job has told the kernel of QEMU, and not before", () => {
    expect(platform.before).toMatch(/exec format error/);
    expect(platform.after).toBe("I am for arm64");
  });
});
