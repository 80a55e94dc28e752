export { diffReports, type ReportDiff } from './diff.ts';
export { renderHtml, renderScaleHtml, renderScaleSvg } from './html.tsx';
export { printJson, renderJson } from './json.ts';
export { renderDiffMarkdown, renderMarkdown, renderScaleMarkdown } from './markdown.ts';
export { type MeasuredCall, renderProfileText } from './profile.ts';
export { renderSarif, type SarifOptions } from './sarif.ts';
export {
  renderDiffText,
  renderEnvironmentText,
  renderMachineText,
  renderPackagePlanText,
  renderScaleText,
  renderSiteText,
  renderStagingText,
  renderText,
  renderVerificationText,
  renderWhyText,
  type TextOptions,
} from './text.ts';
