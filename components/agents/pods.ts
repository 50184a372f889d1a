/** The names of a pool's pods, as its StatefulSet gives them. */
export function podNames({ name, replicas }: { readonly name: string; readonly replicas: number }): string[] {
  return Array.from({ length: replicas }, (_, ordinal) => `${name}-${ordinal}`);
}
