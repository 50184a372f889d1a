const BINARY = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

/** A size in bytes as Kubernetes writes it: a whole number and Ki, Mi, Gi or Ti. */
export const SIZE_PATTERN = /^([1-9]\d*)(Ki|Mi|Gi|Ti)$/;

/** A CPU quantity: whole or decimal cores (`2`, `0.5`) or thousandths of one (`500m`). */
export const CPU_PATTERN = /^(?:([1-9]\d*)m|(\d+(?:\.\d{1,3})?))$/;

/**
 * Bytes in a size such as `30Gi`.
 *
 * @throws RangeError if the text is no size; settings have refused such text before.
 */
export function bytes(size: string): number {
  const match = SIZE_PATTERN.exec(size);
  if (!match) throw new RangeError(`"${size}" is no size such as 30Gi`);
  return Number(match[1]) * BINARY[match[2] as keyof typeof BINARY];
}

/** Whole gibibytes in a size, rounded up, which is the unit of Compute Engine's disks. */
export function gibibytes(size: string): number {
  return Math.ceil(bytes(size) / BINARY.Gi);
}

/** Whole mebibytes in a size, rounded up, which is the unit of a JVM's `-Xmx…m`. */
export function mebibytes(size: string): number {
  return Math.ceil(bytes(size) / BINARY.Mi);
}

/**
 * Cores in a CPU quantity: `500m` and `0.5` are both 0.5.
 *
 * @throws RangeError if the text is no CPU quantity.
 */
export function cores(cpu: string): number {
  const match = CPU_PATTERN.exec(cpu);
  if (!match) throw new RangeError(`"${cpu}" is no CPU quantity such as 500m or 2`);
  return match[1] === undefined ? Number(match[2]) : Number(match[1]) / 1000;
}

/** Seconds in a duration of one unit: `90s`, `30m`, `1h`. */
export const DURATION_PATTERN = /^([1-9]\d*)(s|m|h)$/;

/**
 * Seconds in a duration such as `30m`.
 *
 * @throws RangeError if the text is no duration.
 */
export function seconds(duration: string): number {
  const match = DURATION_PATTERN.exec(duration);
  if (!match) throw new RangeError(`"${duration}" is no duration such as 30m`);
  return Number(match[1]) * { s: 1, m: 60, h: 3600 }[match[2] as "s" | "m" | "h"];
}
