/** Names of a person and of a machine. Recordings and reports write the home folder `~`, and hide the other two. */
export interface Names {
  readonly home: string;
  readonly user: string;
  readonly host: string;
}

/** A recorded text as it is on the machine of these names. */
export const revealNames = (text: string, { home, user, host }: Names): string =>
  text
    .replace(/^~(?=\/|$)/, () => home)
    .replaceAll(/\$USER\b|\$\{USER\}/g, () => user)
    .replaceAll(/\$HOSTNAME\b|\$\{HOSTNAME\}/g, () => host);

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Between delimiters only: a short name is part of many words. */
const hideName = (text: string, name: string, variable: string): string =>
  name === ''
    ? text
    : text.replaceAll(
        new RegExp(`(?<![\\p{L}\\p{N}])${escaped(name)}(?![\\p{L}\\p{N}])(\\w?)`, 'giu'),
        (_, next: string) => (next === '' ? `$${variable}` : `\${${variable}}${next}`),
      );

/** What a text of this machine is in a report. Accounts and machines whose names say nothing stay: leave them empty. */
export function hideNames(text: string, { home, user, host }: Names): string {
  const isAtHome = home.length > 1 && (text === home || text.startsWith(`${home}/`));
  const placed = isAtHome ? `~${text.slice(home.length)}` : text;
  return hideName(hideName(placed, user, 'USER'), host, 'HOSTNAME');
}
