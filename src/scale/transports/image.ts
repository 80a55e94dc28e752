/** What is staged: files of a start, each once and whole. */
export interface Image {
  readonly files: number;
  readonly bytes: number;
}
