export { type BuiltImage, buildImage } from './build-image.ts';
export { cachesOf } from './caches.ts';
export { type ImagePlan, planImage } from './plan-image.ts';
export { type Recorded, readRecorded } from './recorded.ts';
export type { ImageSize, Trade } from './select.ts';
export type { Digester, OwnParts, Prepared, PrepareRequest, Sink, Workshop } from './workshop.ts';
