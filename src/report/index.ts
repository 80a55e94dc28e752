export { renderHtml } from './html.tsx';
export { renderText, type TextOptions } from './text.ts';
