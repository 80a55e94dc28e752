export { breakEven } from './break-even.ts';
export { drawn } from './draws.ts';
export { launchTime, launchTimeouts } from './launchers.ts';
export type { Without } from './remaining.ts';
export type { Requests } from './requests.ts';
export { chooseTransport, stagedStart } from './staged-start.ts';
export {
  type Change,
  type Conditions,
  type ModelledStart,
  START,
  type StartArtifacts,
  type StartModel,
  savingOf,
  startModel,
} from './start-model.ts';
export { stagingTime, transports } from './transports.ts';
export { weighLibraries } from './weigh-libraries.ts';
