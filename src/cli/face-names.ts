/** The faces of a report, and the ends of the names of their files. Apart from the faces themselves: `--help` needs no more. */
export const FACES = {
  text: 'report.txt',
  json: 'report.json',
  html: 'report.html',
} as const;
export type Face = keyof typeof FACES;

export const FACE_NAMES = Object.keys(FACES) as Face[];
