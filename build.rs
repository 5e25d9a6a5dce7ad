//! What is built into the binary besides the code: a change there must build it again.

use std::io;

fn main() -> io::Result<()> {
    // The page may not be built yet. Its folder is there all the same: cargo takes a missing path for a changed one and
    // would build everything anew each time.
    std::fs::create_dir_all("frontend/dist")?;
    for folder in ["migrations", "cast", "lessons", "frontend/dist"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    Ok(())
}
