// Catches what a page did not expect and says so in plain words; what was written in the discussion is on the server.
import { Component, type ReactNode } from "react";
import { Button } from "@/components/Button";
import styles from "./App.module.css";

export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div className={styles.message} role="alert">
        <h1>This page has stumbled</h1>
        <p>Nothing that was said is lost. Load the page again to go on.</p>
        <Button
          kind="primary"
          onClick={() => {
            window.location.reload();
          }}
        >
          Load again
        </Button>
      </div>
    );
  }
}
