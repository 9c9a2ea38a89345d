/** What was found and what to do about it; of a mere fact, where nothing needs to be done, the next step is empty. */
export interface DoctorText {
  readonly sentence: string;
  readonly nextStep: string;
}
