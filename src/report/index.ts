export { renderText, type TextOptions } from './text.ts';
