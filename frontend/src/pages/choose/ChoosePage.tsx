// The first page: choose a cast and a topic.
export function ChoosePage() {
  return <h1>Choose the cast</h1>;
}
