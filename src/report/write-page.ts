// A page of untrusted names may load nothing and run nothing, even if an escape were forgotten.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A page that is one file: no script, nothing loaded. All three are markup already. */
export function writePage({ title, style, body }: Readonly<Record<'title' | 'style' | 'body', string>>): string {
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">\n`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">\n',
    // Says whose file this is: only files of our own kind are overwritten.
    '<meta name="generator" content="pharos">\n',
    '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n',
    '<meta name="color-scheme" content="light dark">\n<link rel="icon" href="data:,">\n',
    `${title}\n<style>${style}</style>\n</head>\n<body>\n${body}\n</body>\n</html>\n`,
  ].join('');
}
