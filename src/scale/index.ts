export { type Requests, type StartArtifacts, type StartModel, startModel, type Without } from './start-model.ts';
