mod cloud;
mod external;
mod stage;
mod watsonx;
