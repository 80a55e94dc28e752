export type { Gatherer } from './gatherer.ts';
