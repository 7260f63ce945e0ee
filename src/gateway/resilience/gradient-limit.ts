const initial = 20;
const least = 5;
const most = 500;
/** How many more than are needed may be under way: with none, the limit could never rise. */
const headroom = 4;
const smoothing = 0.05;
/** By how much times may grow before that counts as queueing. */
const tolerance = 1.5;
/** The short average is over about as many requests. */
const shortRequests = 20;
/** After so many requests it is measured anew what they take when nobody has to wait, by so many. */
const measuredEvery = 1000;
const measuredBy = 50;

/**
 * A limit of requests under way that follows the times they take (the gradient algorithm of Netflix and Envoy). As long
 * as they take about what they take when nobody waits, it rises; when they take longer, they are queueing somewhere
 * behind, and it falls in the same measure. What they take when nobody waits is measured now and then with half the
 * limit: an average over all would rise with the queue, and the limit with it.
 */
export class GradientLimit {
  private value = initial;
  private shortMs = 0;
  private unhurriedMs = 0;
  private samples = 0;
  private measuring = { left: measuredBy, count: 0 };

  get limit(): number {
    return Math.floor(this.measuring.left > 0 && this.samples > measuredBy ? this.halved() : this.value);
  }

  /** Takes what one request took, and how many were under way with it. */
  note(durationMs: number, inFlight: number): void {
    this.samples += 1;
    this.shortMs += (durationMs - this.shortMs) / Math.min(this.samples, shortRequests);
    if (this.measuring.left > 0) return this.measure(durationMs);
    if (this.samples % measuredEvery === 0) {
      // The first to end were sent before, among more.
      this.measuring = { left: Math.ceil(this.value) + measuredBy, count: 0 };
      return;
    }
    // A limit that is not used says nothing.
    if (inFlight < this.value / 2) return;
    const gradient = Math.max(0.5, Math.min(1, (tolerance * this.unhurriedMs) / Math.max(this.shortMs, 0.001)));
    const next = this.value * gradient + headroom;
    this.value = Math.max(least, Math.min(most, this.value * (1 - smoothing) + next * smoothing));
  }

  private halved(): number {
    return Math.max(least, this.value / 2);
  }

  private measure(durationMs: number): void {
    const { measuring } = this;
    measuring.left -= 1;
    if (measuring.left >= measuredBy) return;
    if (measuring.count === 0) this.unhurriedMs = 0;
    measuring.count += 1;
    this.unhurriedMs += (durationMs - this.unhurriedMs) / measuring.count;
  }
}
