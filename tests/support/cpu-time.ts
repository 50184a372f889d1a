/** Milliseconds of processor time that this process spends on some work: unlike the clock's, the same on a busy machine. */
export async function cpuMilliseconds(work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
