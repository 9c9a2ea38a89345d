/** One file of a report, to be read by people or programs. */
export interface ReportPart {
  readonly name: string;
  readonly text: string;
}
