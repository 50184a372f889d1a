import { z } from "zod";

export const access = z
  .literal("port-forward", { error: '"port-forward", the only way so far' })
  .describe("how people reach GoCD");
