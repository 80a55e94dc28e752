// Files that are read and written, and what their errors mean.

export { type ImageFolder, openImage } from './image-folder.ts';
export { localHost } from './local-host.ts';
export { checkOwn, writeOwn } from './own-file.ts';
export { readCalibrations } from './read-calibrations.ts';
export { type Image, readImage } from './read-image.ts';
export {
  type Input,
  isOfStep,
  readHostRecording,
  readInput,
  readRecordings,
  readStarts,
  readStepFiles,
  type StepFiles,
} from './read-input.ts';
export { readSiteFile } from './read-site.ts';
export { readTextFile } from './read-text-file.ts';
export { sayErrno } from './say-errno.ts';
export { nameJob, placeStem } from './stem.ts';
export { openWheels } from './wheel-host.ts';
