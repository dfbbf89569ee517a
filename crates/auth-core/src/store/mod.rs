//! Files that hold secrets, for programs that live for one command. Feature `store`.

mod exposure;
mod private_file;

pub use exposure::exposure;
pub use private_file::write_private;
