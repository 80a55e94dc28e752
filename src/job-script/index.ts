export { type EditedScript, editScript } from './edit-script.ts';
export type { ImagePrograms } from './find-launches.ts';
export { unifiedDiff } from './unified-diff.ts';
export { SCRIPT_KINDS, type ScriptKind, writeScript } from './write-script.ts';
