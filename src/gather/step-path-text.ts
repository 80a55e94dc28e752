import { type PathTree, pathText } from '#schema';

/** A digest is keyed anew in each recording: the same path on two nodes has two, and would be told as a difference. */
const DIGEST = /<data [0-9a-f]+/;

/** A path as all nodes of a step have it: of removed ones no digest stays. */
export const stepPathText = (paths: PathTree, index: number): string => pathText(paths, index).replace(DIGEST, '<data');
