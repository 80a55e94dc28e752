export * from './artifacts.ts';
export { type Calibration, type CalibrationPhase, readCalibration, TIMED_CALLS } from './calibration.ts';
export * from './environment.ts';
export { EnvironmentReport, type Mpi4pyChoice } from './environment-report.ts';
export { breaksRun, compareGravity } from './gravity.ts';
export {
  BLOCK_BYTES,
  type ImageFile,
  type ImageLayer,
  ImageManifest,
  type ImageRoot,
  LAYERS,
  type LayerName,
  type LeftLibrary,
  STAGE_TOKEN,
} from './image.ts';
export { ImportEvent, ImportTrial } from './import-trial.ts';
export { mayMeet } from './may-meet.ts';
export { MPI_NAMES } from './mpi-names.ts';
export { ownerOf } from './owner-of.ts';
export { type PackageDecision, PackagePlan } from './package-plan.ts';
export { findPath, isWithin, type PathTree, pathText } from './path-text.ts';
export {
  type CacheModel,
  Figure,
  FilesystemProfile,
  METADATA_REQUESTS,
  profileJsonSchema,
  readProfile,
  type ServerModel,
} from './profile.ts';
export { readReport } from './read-report.ts';
export * from './recording/facts.ts';

export * from './recording/recording.ts';
export { RECORDING_VERSION, type RecordingReader, recordingReader } from './recording/recording-reader.ts';
export * from './recording/step-facts.ts';
export * from './report.ts';
export { reportJsonSchema } from './report-json-schema.ts';
export {
  LIMITS,
  type Limit,
  type ScaleArithmetic,
  type ScalePlan,
  ScaleTable,
} from './scale.ts';
export { Machine, Site } from './site.ts';
export { missingOfKey, siteKeyOf } from './site-key.ts';
export { type LibraryNeeds, type MpiNeeds, type PartitionNeeds, readSiteNeeds, SiteNeeds } from './site-needs.ts';
export type { LargeLibrary, StagingOutlook, WeighedLibrary } from './staging.ts';
export * from './step.ts';
export { LIBRARY_PATH_SUBJECTS, SEARCH_PATH_SUBJECTS } from './subjects.ts';
export * from './verdict.ts';
export {
  type CallsOnPath,
  CHECKS,
  type Check,
  type CheckId,
  MOST_DETAILS,
  type Verification,
  type VerifiedProcess,
} from './verification.ts';
export { type LinkStep, WhyReport } from './why.ts';
