// Run by the image at the first start, as root: the user of the application.
db.getSiblingDB("admin").createUser({
  user: process.env.MONGO_USERNAME,
  pwd: process.env.MONGO_PASSWORD,
  roles: ["readWriteAnyDatabase"],
});
