export { normalizeName } from '../normalize-name.ts';
export { holds, type Marker, type MarkerEnvironment, type MarkerValue } from './marker.ts';
export { type Requirement, readMarker, readRequirement } from './read-requirement.ts';
export { isAllowed, readSpecifiers, type Specifier } from './specifiers.ts';
export { compareVersions, formatVersion, isPrerelease, readVersion, type Version } from './version.ts';
