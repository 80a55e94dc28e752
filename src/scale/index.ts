export type { Requests } from './requests.ts';
export { START, type StartArtifacts, type StartModel, startModel, type Without } from './start-model.ts';
