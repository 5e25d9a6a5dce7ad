// Opens a session with a code.
import { Start } from "@/features/account/Start";

export default function StartPage() {
  return <Start />;
}
