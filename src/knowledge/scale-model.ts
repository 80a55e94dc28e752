import json from '../../knowledge/scale-model.json' with { type: 'json' };

/** What the model of a start does not know of itself: ranges like those of a profile. */
export const scaleModel = json;
