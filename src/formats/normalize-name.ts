/** The one way to write a distribution's or an extra's name: PEP 503. */
export function normalizeName(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
}
