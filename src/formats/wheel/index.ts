export { type CondaPackage, readCondaPackage } from './read-conda-package.ts';
export { type EntryPoint, readEntryPoints } from './read-entry-points.ts';
export { type Metadata, readMetadata, readWheelFile, type WheelFile } from './read-metadata.ts';
export { type DirectUrl, readDirectUrl, readUvBuild, type UvBuild } from './read-provenance.ts';
export { type RecordEntry, type RecordFile, readRecord } from './read-record.ts';
export { readSbom, type SbomComponent } from './read-sbom.ts';
export { readVariants, type Variant } from './read-variant.ts';
export { readWheelName, type WheelName, type WheelTags } from './read-wheel-name.ts';
