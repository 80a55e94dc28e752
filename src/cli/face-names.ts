/** The faces of a report, and the ends of the names of their files. Apart from the faces themselves: `--help` needs no more. */
export const FACES = {
  text: 'report.txt',
  md: 'report.md',
  json: 'report.json',
  html: 'report.html',
  sarif: 'report.sarif',
} as const;
export type Face = keyof typeof FACES;

export const FACE_NAMES = Object.keys(FACES) as Face[];

/** The faces of what `pharos scale` tells. */
export const SCALE_FACES = {
  text: 'scale.txt',
  md: 'scale.md',
  json: 'scale.json',
  html: 'scale.html',
  svg: 'scale.svg',
} as const;
export type ScaleFace = keyof typeof SCALE_FACES;

export const DIFF_FACES = ['text', 'md', 'json'] as const satisfies readonly Face[];
export type DiffFace = (typeof DIFF_FACES)[number];
