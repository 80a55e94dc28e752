/** Whether a version is older than a bound, number by number as far as the bound goes. */
export function isBefore(version: string, bound: string): boolean {
  const numbers = (version.match(/\d+/g) ?? []).map(Number);
  for (const [index, number] of bound.split('.').map(Number).entries()) {
    const own = numbers[index] ?? 0;
    if (own !== number) return own < number;
  }
  return false;
}
