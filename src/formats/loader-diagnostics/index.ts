export { type LoaderDiagnostics, readLoaderDiagnostics } from './read-loader-diagnostics.ts';
