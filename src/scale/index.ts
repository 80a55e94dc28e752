export { type Requests, type StartModel, startModel, type Without } from './start-model.ts';
