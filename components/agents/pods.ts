/** The names of a pool's pods, as its StatefulSet gives them. */
export function podNames(pool: string, replicas: number): string[] {
  return Array.from({ length: replicas }, (_, ordinal) => `${pool}-${ordinal}`);
}
