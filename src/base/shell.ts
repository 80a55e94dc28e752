/**
 * A path as one word of a POSIX shell command. Recordings write the home folder `~` and the user's and host's names
 * `$USER` and `$HOSTNAME`; these stay open for the shell, everything else is taken literally.
 */
export function shellPath(path: string): string {
  return path
    .split(/(^~(?=\/|$)|\$USER|\$HOSTNAME)/)
    .map((part, index) => (index % 2 === 1 ? openWord(part) : part === '' ? '' : shellWord(part)))
    .join('');
}

function openWord(part: string): string {
  // Quoted, so that a name with a blank stays one word; a tilde must stay bare.
  return part === '~' ? part : `"${part}"`;
}

/** Any text as one word of a POSIX shell command, nothing in it expanded. */
export function shellWord(text: string): string {
  if (text === '') return "''";
  if (/^[\w@%+=:,./-]*$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
