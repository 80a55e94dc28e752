export { renderText } from './text.ts';
