//! The cases of `data/cases/*.json`, and what runs them over the public API.
//!
//! A case is data: what is given, what happens, what must follow. `README.md` beside the data says what each word means;
//! the types in [`case`] and [`step`] are the same in Rust, and refuse words that they do not know.
//!
//! | module | idea |
//! | --- | --- |
//! | [`families`] | the tests: one per file of cases |
//! | [`inventory`] | the tests of the data itself: nothing is missing, nothing is empty |
//! | [`load`] | from files to cases, with `each` spelled out |
//! | [`case`], [`step`], [`wanted`] | what is given, what happens, what must follow |
//! | [`moments`] | moments and JWTs inside scripted answers |
//! | [`script`] | answers in the order in which they are given out |
//! | [`source`], [`endpoint`], [`server`] | the scripted source, token endpoint and API server |
//! | [`helper`] | a helper program, which is a real one |
//! | [`clock`] | the case's time |
//! | [`configuration`] | a service that is configured in one place or several |
//! | [`world`] | everything that a case needs, put together |
//! | [`door`] | the ways to a token: a case holds for all of them |
//! | [`calls`] | callers that get their answer at once, later, or never |
//! | [`run`], [`act`] | from case to verdict, step by step |
//! | [`check`], [`expectations`] | expected and got |

mod act;
mod assertion;
mod calls;
mod case;
mod check;
mod clock;
mod configuration;
mod door;
mod endpoint;
mod expectations;
mod families;
mod helper;
mod inventory;
mod load;
mod moments;
mod run;
mod script;
mod server;
mod source;
mod step;
mod wanted;
mod world;
