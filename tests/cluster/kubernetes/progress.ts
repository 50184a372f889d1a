/** Prints one line when a step begins and one with its time, in seconds, when it ends; a failed step says so and fails. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  say(`… ${title}`);
  try {
    const result = await work();
    say(`✓ ${title} (${seconds(start)} s)`);
    return result;
  } catch (error) {
    say(`✗ ${title} (${seconds(start)} s)`);
    throw error;
  }
}

/** One line of progress. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const seconds = (start: number) => ((performance.now() - start) / 1000).toFixed(1);
