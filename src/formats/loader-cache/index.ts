export { type CachedLibrary, readLoaderCache } from './read-loader-cache.ts';
