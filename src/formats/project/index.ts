export type { Lock, LockedFile, LockedPackage, LockedSource } from './lock.ts';
export { type CondaEnvironment, readCondaEnvironment } from './read-conda-environment.ts';
export { isPylockName, readPylock } from './read-pylock.ts';
export { type Pyproject, readPyproject, type UvSettings } from './read-pyproject.ts';
export { type RequirementLine, readRequirements } from './read-requirements.ts';
export { readUvLock } from './read-uv-lock.ts';
