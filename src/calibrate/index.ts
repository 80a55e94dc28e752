export { fitProfile } from './fit-profile.ts';
export { summariseCalls } from './summarise-calls.ts';
