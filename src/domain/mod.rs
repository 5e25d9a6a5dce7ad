//! What ChatLab is about, without any framework: no clock, no socket, no database, no `async`.

pub mod card;
pub mod cast;
pub mod change;
pub mod character;
pub mod classroom;
pub mod discussion;
pub mod export;
pub mod ids;
pub mod labels;
pub mod lesson;
pub mod message;
pub mod order;
pub mod prompt;
pub mod protocol;
pub mod recap;
pub mod share;
pub mod style;
pub mod summary;
pub mod text;
pub mod tokens;
