export { type Requests, type StartModel, startModel } from './start-model.ts';
